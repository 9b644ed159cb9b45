"""From the views queue: `{"id": ..., "sku": ..., "day": ...}`, somebody looked at a product."""

from fragua.catalog import views
from fragua.worker import batch_handler

handler = batch_handler(views.count)
