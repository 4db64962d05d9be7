"""Data, models, training and export of LongCat-Tiny."""
