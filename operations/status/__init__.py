"""How the installation is, for `make status`: reading, judging and showing are apart; model and verdicts are pure."""
