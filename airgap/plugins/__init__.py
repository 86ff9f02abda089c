"""Stand-ins for the official Pulumi provider plugins, for hosts that cannot download them."""
