"""台账导入 on the server: the offices' own workbooks into the register, decided and undone by staff."""
