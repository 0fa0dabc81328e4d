"""The month-end pack: what the books of a firm said at a month's end, as a PDF to file and a workbook to work with.

`making` writes the next version of a month's pack, from `figures` alone; `signing` keeps who signed it and says when a
signature has fallen; `duties` reminds of what the firm's jurisdiction asks; `telling` puts both into sentences.
"""
