"""What can go wrong with the air-gap images.

ImagesError
├── ImageTableError    images.json is not what it must be, or has no such image: mend the table or the name
├── HostError          this machine lacks a program or a setting: the text says which and how to get it
└── ImageBuildError    a step failed: the text names the log file that holds all of its output
"""


class ImagesError(Exception):
    """Base of everything raised by airgap.images; its text is meant for the user."""


class ImageTableError(ImagesError):
    """The table of images is malformed, or an image was asked for that it does not hold."""


class HostError(ImagesError):
    """The machine that builds lacks something."""


class ImageBuildError(ImagesError):
    """A step of a build failed."""
