"""The Postman collection: derived from the OpenAPI document, run by newman.

`scenario.yaml` beside the collection holds what a document of routes can't know: an order and data.
A converter (openapi-to-postmanv2) would need Node to write the file, and would still leave order,
data, checks and refusals to be put in by hand after each change.
"""
