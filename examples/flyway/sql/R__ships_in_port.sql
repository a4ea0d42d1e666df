CREATE OR REPLACE VIEW ships_in_port AS
SELECT ships.name, count(*) AS berths
FROM ships
JOIN berths ON berths.ship_id = ships.id
GROUP BY ships.name;
