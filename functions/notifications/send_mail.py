"""From the mail queue: `{"id": ..., "to": ..., "subject": ..., "text": ..., "html": ...}`."""

from fragua.notifications import mail
from fragua.worker import Message, log, queue_handler


def send_mail(message: Message) -> None:
    if "to" in message:
        mail.send(message)
    else:
        log.warning("not a message of ours")


handler = queue_handler(send_mail)
