// Stands in for the native module @vscode/native-watchdog; the extension host watches its parent in JavaScript as well.
exports.start = () => {};
