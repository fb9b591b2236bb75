/** What tests of several packages share. */
package io.penstock.rules.testkit;
