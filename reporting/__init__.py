"""Show measured numbers: sections, tables, files, drawings, and what changed since an earlier report."""
