"""Files that came back, untrusted and only ever read: their pages and their pictures."""
