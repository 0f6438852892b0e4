// Stands in for the native module @vscode/spdlog, which needs a compiler: appends to the log file at once.
const fs = require('fs');
const path = require('path');

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];

class Logger {
  constructor(name, file) {
    this.name = name;
    this.file = file;
    this.level = 2;
    this.plain = false;
    if (file) {
      try {
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.appendFileSync(file, '');
      } catch {
        this.file = undefined;
      }
    }
  }

  write(level, message) {
    if (level < this.level || !this.file) {
      return;
    }
    const time = new Date().toISOString().replace('T', ' ').slice(0, 23);
    const line = this.plain ? String(message) : `${time} [${levels[level]}] ${message}\n`;
    try {
      fs.appendFileSync(this.file, line);
    } catch {
      // The editor keeps running when its log can't be written; so does the native module.
    }
  }

  trace(message) {
    this.write(0, message);
  }
  debug(message) {
    this.write(1, message);
  }
  info(message) {
    this.write(2, message);
  }
  warn(message) {
    this.write(3, message);
  }
  error(message) {
    this.write(4, message);
  }
  critical(message) {
    this.write(5, message);
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  setPattern() {}
  clearFormatters() {
    this.plain = true;
  }
  flush() {}
  flushOn() {}
  drop() {
    this.file = undefined;
  }
}

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.shutdown = () => {};
exports.createRotatingLogger = async (name, file) => new Logger(name, file);
exports.createAsyncRotatingLogger = async (name, file) => new Logger(name, file);
exports.Logger = Logger;
