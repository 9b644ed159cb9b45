"""Why nothing was deployed, or not to the end."""


class Refused(Exception):
    """Nothing was changed; the text tells the person why, and what to do about it."""


class Failed(Exception):
    """CloudFormation began and did not succeed; the text tells what failed first."""
