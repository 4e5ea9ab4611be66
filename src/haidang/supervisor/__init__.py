"""Starts and watches the processes of one host; the keeper, which turns journals into rows."""
