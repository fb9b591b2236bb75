/** Whether a table may go into force: what the kernel checks when one is replaced. Control threads. */
package io.penstock.rules.check;
