"""What every Supabase database has before the first migration, as far as migrations lean on it.

Reduced from the init scripts of supabase/postgres: names, columns, signatures and grants are the image's; triggers
and the inner workings of its services are left out. Extensions are made only where the server has them.
"""

from __future__ import annotations

ROLES = (
    "postgres",
    "anon",
    "authenticated",
    "service_role",
    "authenticator",
    "dashboard_user",
    "supabase_admin",
    "supabase_auth_admin",
    "supabase_storage_admin",
    "supabase_realtime_admin",
)
"""The image's roles; the first four are what migrations grant to and write policies for."""

_SCHEMAS = ("auth", "storage", "extensions", "realtime", "graphql_public")

_EXTENSIONS = """DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['uuid-ossp', 'pgcrypto', 'pg_stat_statements'] LOOP
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = wanted) THEN
      BEGIN
        EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA extensions', wanted);
      EXCEPTION WHEN insufficient_privilege THEN NULL;
      END;
    END IF;
  END LOOP;
END $$"""

_USERS = """CREATE TABLE auth.users (
    instance_id uuid,
    id uuid NOT NULL PRIMARY KEY,
    aud varchar(255),
    role varchar(255),
    email varchar(255),
    encrypted_password varchar(255),
    email_confirmed_at timestamptz,
    invited_at timestamptz,
    confirmation_token varchar(255),
    confirmation_sent_at timestamptz,
    recovery_token varchar(255),
    recovery_sent_at timestamptz,
    email_change varchar(255),
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    is_super_admin boolean,
    created_at timestamptz,
    updated_at timestamptz,
    phone text UNIQUE DEFAULT NULL,
    phone_confirmed_at timestamptz,
    confirmed_at timestamptz GENERATED ALWAYS AS (LEAST(email_confirmed_at, phone_confirmed_at)) STORED,
    banned_until timestamptz,
    is_sso_user boolean NOT NULL DEFAULT false,
    deleted_at timestamptz,
    is_anonymous boolean NOT NULL DEFAULT false
)"""

_IDENTITIES = """CREATE TABLE auth.identities (
    id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    provider_id text NOT NULL,
    user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    identity_data jsonb NOT NULL,
    provider text NOT NULL,
    last_sign_in_at timestamptz,
    created_at timestamptz,
    updated_at timestamptz,
    email text GENERATED ALWAYS AS (lower(identity_data ->> 'email')) STORED,
    UNIQUE (provider_id, provider)
)"""

_SESSIONS = """CREATE TABLE auth.sessions (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    created_at timestamptz,
    updated_at timestamptz,
    not_after timestamptz
)"""

_CLAIM = "current_setting('request.jwt.claim.{name}', true)"
_CLAIMS = "current_setting('request.jwt.claims', true)"


def _claim(name: str, type_: str) -> str:
    own = f"nullif({_CLAIM.format(name=name)}, '')"
    shared = f"(nullif({_CLAIMS}, '')::jsonb ->> '{name}')"
    function = "uid" if name == "sub" else name
    return (
        f"CREATE FUNCTION auth.{function}() RETURNS {type_} LANGUAGE sql STABLE "
        f"AS $$ SELECT coalesce({own}, {shared})::{type_} $$"
    )


_JWT = (
    "CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE "
    f"AS $$ SELECT nullif({_CLAIMS}, '')::jsonb $$"
)

_BUCKETS = """CREATE TABLE storage.buckets (
    id text NOT NULL PRIMARY KEY,
    name text NOT NULL UNIQUE,
    owner uuid,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    public boolean DEFAULT false,
    avif_autodetection boolean DEFAULT false,
    file_size_limit bigint,
    allowed_mime_types text[],
    owner_id text
)"""

_OBJECTS = """CREATE TABLE storage.objects (
    id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    bucket_id text REFERENCES storage.buckets,
    name text,
    owner uuid,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    last_accessed_at timestamptz DEFAULT now(),
    metadata jsonb,
    path_tokens text[] GENERATED ALWAYS AS (string_to_array(name, '/')) STORED,
    version text,
    owner_id text,
    user_metadata jsonb,
    UNIQUE (bucket_id, name)
)"""

_FOLDERNAME = (
    "CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE "
    "AS $$ SELECT (string_to_array(name, '/'))[1:array_length(string_to_array(name, '/'), 1) - 1] $$"
)
_FILENAME = (
    "CREATE FUNCTION storage.filename(name text) RETURNS text LANGUAGE sql IMMUTABLE "
    "AS $$ SELECT (string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)] $$"
)
_EXTENSION = (
    "CREATE FUNCTION storage.extension(name text) RETURNS text LANGUAGE sql IMMUTABLE "
    "AS $$ SELECT reverse(split_part(reverse(storage.filename(name)), '.', 1)) $$"
)

_GRANTS = """DO $$
DECLARE grantee name;
BEGIN
  FOR grantee IN
    SELECT rolname FROM pg_roles WHERE rolname IN ('postgres', 'anon', 'authenticated', 'service_role')
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA public, extensions, auth, storage TO %I', grantee);
    EXECUTE format('GRANT ALL ON ALL TABLES IN SCHEMA storage TO %I', grantee);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO %I', grantee);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON FUNCTIONS TO %I', grantee);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO %I', grantee);
  END LOOP;
END $$"""

PRELUDE = (
    *(f"CREATE SCHEMA IF NOT EXISTS {schema}" for schema in _SCHEMAS),
    _EXTENSIONS,
    _USERS,
    _IDENTITIES,
    _SESSIONS,
    _claim("sub", "uuid"),
    _claim("role", "text"),
    _claim("email", "text"),
    _JWT,
    _BUCKETS,
    _OBJECTS,
    "ALTER TABLE storage.buckets ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY",
    _FOLDERNAME,
    _FILENAME,
    _EXTENSION,
    "CREATE PUBLICATION supabase_realtime",
    _GRANTS,
)
"""Statements that the owner of the database may run, in order."""
