"""Reports: sections, tables, pictures and files, and the changes since an earlier report."""
