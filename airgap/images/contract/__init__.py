"""Contract images: small programs that keep the contract of images which no package registry has.

Each has the ports, paths, health checks, files and refusals of the official image that its row in images.json names,
as far as our services rely on them, and says on its page that it is a contract image. Runs on Debian's python3 alone,
inside the images; `airgap/images/README.md` says what each one imitates and what it does not.
"""
