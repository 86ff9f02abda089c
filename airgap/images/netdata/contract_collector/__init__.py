"""The contract collector: reads go.d.plugin's job files, draws the charts our alarms look at. Not go.d.plugin."""
