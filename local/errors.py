"""The one exception that the stack shows to its user.

StackError          the stack can't start or reload; its text is one clear line
└─ TemplateError    because of `template.yaml` itself
"""


class StackError(Exception):
    """The stack can't go on; the message is one line for a person, without a traceback."""


class TemplateError(StackError):
    """`template.yaml` can't be read, translated or resolved."""


def one_line(error: object) -> str:
    """Folds a multi-line message (YAML, psycopg) into one line that fits a terminal."""
    return " ".join(str(error).split())
