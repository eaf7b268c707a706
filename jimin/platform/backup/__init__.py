"""Backup and restore: a set is a folder with the database's dump (sealed), the sealed files, the anchors and a manifest.

`make` writes a set beside the running system, `check` reads one to the end, `restore` puts one into an empty
installation, `daily` makes one each night. The keys never lie in a set unless somebody says so.
"""
