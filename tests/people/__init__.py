"""What people see and decide: terminal, desk, workbook, pack, mail."""
