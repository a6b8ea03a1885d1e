"""The pure core: figures, periods, surveys and reports, without I/O and without a clock."""
