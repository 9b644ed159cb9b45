"""Who asks without a person behind: robots that say so by their User-Agent.

The rule: no User-Agent at all is a person's own tool; one that names a crawler, a previewer of
links or a monitor is a robot. What a robot does not say is not found out.
"""

from __future__ import annotations

import re

# For what is not meant to be found: the address shall not travel on, and nobody shall keep it.
UNLISTED = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow"}

# Words that such programs use of themselves ("Googlebot", "Slackbot-LinkExpanding", "bingpreview",
# "Mediapartners"), and the names of those that use none of them.
_WORDS = re.compile(
    # CUBOT makes telephones.
    r"(?<!cu)bot(?![a-z])|crawl|spider|slurp|preview|unfurl|linkexpand|scraper|fetcher|archiver"
    r"|facebookexternalhit|facebookcatalog|meta-external|whatsapp"
    r"|embedly|mediapartners|google-|googleother|apis-google|lighthouse|headlesschrome"
    r"|pingdom|uptime|statuscake|health[ -]?check|googlehc|route 53|kube-probe|nagios|check_http"
    r"|synthetics|pinger|site24x7|checkly|zabbix|prometheus|blackbox|prtg|^monit/|envoy/hc"
    r"|yeti/|-user/|heritrix|siteaudit"
    r"|quora link|w3c_validator|validator\.nu|vkshare|iframely|outbrain",
    re.IGNORECASE,
)


def declared(user_agent: str | None) -> bool:
    """Tell whether a User-Agent says that no person asks."""
    return bool(_WORDS.search(user_agent or ""))
