"""Loading: Clio's and Xero's lists, over HTTP, into one DuckDB file per firm. Knows neither Prefect nor dbt."""
