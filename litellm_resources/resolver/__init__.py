"""From the authored catalog files to plain, frozen specs. Pure: no Pulumi, network or clock."""
