"""The checks of Ansible's own tools on what is published: ansible-test sanity, galaxy-importer."""
