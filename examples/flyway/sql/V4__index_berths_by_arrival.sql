CREATE INDEX berths_arrived_at ON berths (arrived_at);
