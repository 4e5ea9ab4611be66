"""What every process of a host does alike: read the wall clock, replace a small file whole. No Django."""
