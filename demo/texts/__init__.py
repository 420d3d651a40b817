"""The demo county's own words. Written for it; no sentence comes from a real petition."""
