from .parents import SHARED

VERSION = "1"
