"""A second reading of the published page, which shares no code and no data with the product, and its comparison."""
