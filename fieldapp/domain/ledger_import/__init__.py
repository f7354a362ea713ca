"""台账导入: the offices' own workbooks become rows of the register, on the laptop and on the server alike.

``workbook`` reads the file, ``headings`` finds what the columns are, ``cells`` reads a value, ``reading``
a whole
file, ``plan`` says what would become of each row beside what the register holds. Nothing here writes.
"""
