/** What tests of every module share: privileges, namespaces, commands. */
package io.penstock.os.testkit;
