"""Set-up and the commands behind `make`: from a bare machine to a running gateway, and back."""
