"""What can be wrong with a device, and the next step, by the browser's name of the error."""

DEVICE_ERRORS = {
    "NotAllowedError": "The browser was not allowed to use your {device}. Press the camera symbol in the address bar, "
    "choose Allow, then press Start check again.",
    "NotFoundError": "No {device} was found. Plug one in, then press Start check again.",
    "NotReadableError": "Another program is using your {device}. Close it, then press Start check again.",
    "OverconstrainedError": "Your {device} cannot do what is needed. Choose another one in the browser's settings.",
    "insecure_context": "This page was not opened by https, so the browser gives no devices. Use the https address.",
}
