"""The little of H.264 that it takes to lay a running clock over an encoded picture without encoding again."""
