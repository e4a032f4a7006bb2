"""The kinds of code actions: apart from what makes them, which a client needn't wait for when it starts."""

from __future__ import annotations

from lsprotocol import types

QUICK_FIX = types.CodeActionKind.QuickFix.value
REWRITE = types.CodeActionKind.RefactorRewrite.value
EXTRACT = types.CodeActionKind.RefactorExtract.value
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.neuronConfig"
EXPORT = f"{types.CodeActionKind.Source.value}.exportAndValidate.neuronConfig"
KINDS = (QUICK_FIX, REWRITE, EXTRACT, FIX_ALL, EXPORT)
