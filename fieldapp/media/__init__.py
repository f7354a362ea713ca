"""Photographs and QR codes: import, derived copies, recognition.

``photos`` takes files in (``import_photo``, ``take_in``, ``import_folder``) and makes the derived
copies (``thumbnail``, ``sheet_copy``, ``view_copy``); ``stamp`` writes time and place onto a copy;
``qr`` reads symbols; ``sample`` draws photographs for the demo and the benches. Originals are
never altered: whatever is derived is a new JPEG.
"""
