"""What people do with a pack: write their notes to it, approve it, send it."""
