'use strict';

/* The command cannot be meant as it was typed: nothing was done. */
class UsageError extends Error {}

/* A failure with the code that Prisma gives it, if it has one; LiteLLM reads the code. */
class PrismaError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

module.exports = { PrismaError, UsageError };
