# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The add-ons of a cluster: what each one is set to, and what it may do in AWS. Private to the collection."""
