"""Raw tables: declared column by column, converted, held in DuckDB, compared with what is held."""
