"""The whole attack on what the library promises: see ``docs/promises.md``."""

import os

os.environ["TQDM_DISABLE"] = "1"  # before anything imports tqdm: bars would hide what is printed
