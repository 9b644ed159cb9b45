"""An audited product catalog: what is sold, who changed it, who looked at it."""
