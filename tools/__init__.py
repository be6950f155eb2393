"""What an agent may do: typed functions as tools, the toolbox that approves and runs them, MCP servers."""
