"""A client of Fragua: `Client` speaks the API, `upload` and `download` move whole files.

from fragua_client import Client, MemorySession

client = Client("https://files.example.com", MemorySession())
client.login("ada@example.com", password)
for file in client.files(name="report"):
    ...
"""

from fragua_client.client import Client
from fragua_client.downloading import download, find
from fragua_client.errors import FraguaError, NotLoggedIn, Refused, Unreachable
from fragua_client.jobs import Options, Outcome
from fragua_client.journal import Journal
from fragua_client.models import Bucket, File, Fragment, Image, Link, NewUpload, Upload
from fragua_client.retry import Patience
from fragua_client.session import MemorySession, Session, SessionFile
from fragua_client.uploading import upload

__all__ = [
    "Bucket",
    "Client",
    "File",
    "Fragment",
    "FraguaError",
    "Image",
    "Journal",
    "Link",
    "MemorySession",
    "NewUpload",
    "NotLoggedIn",
    "Options",
    "Outcome",
    "Patience",
    "Refused",
    "Session",
    "SessionFile",
    "Unreachable",
    "Upload",
    "download",
    "find",
    "upload",
]
